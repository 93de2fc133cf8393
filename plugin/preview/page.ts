import { EventBusSrv, type DataFrame } from '@grafana/data';
import { createContext, useContext, useEffect } from 'react';
import type { KymoDataSource } from '../src/datasource/datasource.js';

/** What the page needs of the datasource. */
export type PageDataSource = Pick<KymoDataSource, 'query' | 'playback'>;

/** What all parts of the page go by. */
export interface Page {
  readonly datasource: PageDataSource;
  /** Of the exporter, without a slash at its end. */
  readonly url: string;
  /** Milliseconds that are seen. */
  readonly window: number;
  /** The one protocol that is seen; `''` for all. */
  readonly protocol: string;
  /** What panels show, by their titles: for the export. */
  readonly shown: Map<string, readonly DataFrame[]>;
}

/** One for all parts of the page: crosshairs meet on it. */
export const eventBus = new EventBusSrv();

export const PageContext = createContext<Page | undefined>(undefined);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('used outside of the page');
  return page;
}

/** Notes what a panel shows. */
export function useShown(title: string, frames: readonly DataFrame[]): void {
  const { shown } = usePage();
  useEffect(() => {
    shown.set(title, frames);
    return () => {
      shown.delete(title);
    };
  }, [shown, title, frames]);
}
