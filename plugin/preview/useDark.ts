import { useEffect, useState } from 'react';

const KEY = 'kymo.theme';

/** Dark or light: what was chosen here before, else what the system says. */
export function useDark(): { dark: boolean; setDark: (dark: boolean) => void } {
  const [chosen, setChosen] = useState(() => recall());
  const [system, setSystem] = useState(() => query().matches);
  useEffect(() => {
    const media = query();
    const follow = (): void => setSystem(media.matches);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  const setDark = (dark: boolean): void => {
    setChosen(dark);
    try {
      localStorage.setItem(KEY, dark ? 'dark' : 'light');
    } catch {
      // Where nothing may be kept, the choice lasts as long as the page.
    }
  };
  return { dark: chosen ?? system, setDark };
}

const query = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

function recall(): boolean | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === null ? undefined : kept === 'dark';
  } catch {
    return undefined;
  }
}
