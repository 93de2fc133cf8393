import { createContext, useContext } from 'react';
import type { KymoDataSource } from '../src/datasource/datasource.js';

/** What all parts of the page go by. */
export interface Page {
  readonly datasource: KymoDataSource;
  /** Milliseconds that are seen. */
  readonly window: number;
  /** The one protocol that is seen; `''` for all. */
  readonly protocol: string;
}

export const PageContext = createContext<Page | undefined>(undefined);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('used outside of the page');
  return page;
}
