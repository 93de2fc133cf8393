import { locationService } from '@grafana/runtime';

/** An address in Grafana. */
export interface Place {
  readonly pathname: string;
  readonly search: string;
}

/** The little of the package `history` that is used, whose types are not installed. */
interface BrowserHistory {
  readonly location: Place;
  /** @returns ends it */
  listen(changed: () => void): () => void;
  /** @param ask whether somebody may go there @returns ends it */
  block(ask: (place: Place) => boolean): () => void;
}

/** Where the browser is and has been, in Grafana. */
export function browserHistory(): BrowserHistory {
  const history: unknown = locationService.getHistory();
  return history as BrowserHistory;
}
