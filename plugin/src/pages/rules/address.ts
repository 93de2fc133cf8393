import { locationService } from '@grafana/runtime';

const PATH = '/a/kymo-live-app/rules';

/** What the page shows: by default the list. */
export interface Address {
  /** Datasource. */
  readonly ds: string;
  /** Rule in the editor by its id, or `new`. */
  readonly rule?: string;
  /** Rule of the list that a new one begins as, or that is open in the list. */
  readonly of?: string;
}

export function addressOf({ ds, rule, of }: Address): string {
  const search = new URLSearchParams({
    ds,
    ...(rule === undefined ? {} : { rule }),
    ...(of === undefined ? {} : { of }),
  });
  return `${PATH}?${search.toString()}`;
}

export function goTo(address: Address): void {
  locationService.push(addressOf(address));
}
