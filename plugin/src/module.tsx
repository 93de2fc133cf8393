import { AppPlugin, type AppRootProps } from '@grafana/data';
import { lazy, Suspense } from 'react';

/** Pages by their path below that of the app. */
const pages = {
  '': lazy(() => import('./pages/home/Home.js')),
  rules: lazy(() => import('./pages/rules/RulesPage.js')),
};

function App({ basename, path }: AppRootProps) {
  const [name] = path.slice(basename.length).replace(/^\//, '').split('/');
  const Page = pages[name in pages ? (name as keyof typeof pages) : ''];
  return (
    <Suspense fallback={null}>
      <Page />
    </Suspense>
  );
}

export const plugin = new AppPlugin().setRootPage(App);
