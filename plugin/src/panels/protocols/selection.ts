import { useState } from 'react';
import { getTemplateSrv, locationService } from '@grafana/runtime';

interface Selection {
  /** The value of the label that is selected; where none or several are, it is that of no row. */
  readonly selected: string | undefined;
  readonly select: (key: string | undefined) => void;
}

/** The row that is selected: the dashboard's variable of the name where there is one. */
export function useSelection(name: string, replace: (text: string) => string): Selection {
  const [own, setOwn] = useState<string>();
  const variable = getTemplateSrv()
    .getVariables()
    .find((candidate) => candidate.name === name);
  if (name === '' || variable === undefined) return { selected: own, select: setOwn };
  const none = variable.type === 'textbox' ? '' : '$__all';
  return {
    // All of them, or several, are no row's.
    selected: replace(`\${${name}:text}`),
    select: (key) => {
      locationService.partial({ [`var-${name}`]: key ?? none }, true);
    },
  };
}
