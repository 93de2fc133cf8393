import { AppPlugin, type AppRootProps } from '@grafana/data';
import { lazy, Suspense } from 'react';

/** Pages by their path below that of the app. */
const pages = {
  '': lazy(() => import(/* webpackChunkName: "home" */ './pages/home/Home.js')),
  rules: lazy(() => import(/* webpackChunkName: "rules" */ './pages/rules/RulesPage.js')),
  setup: lazy(() => import(/* webpackChunkName: "setup" */ './pages/setup/SetupPage.js')),
};

function App({ meta, path }: AppRootProps) {
  // Grafana gives the path of the page as `basename` too.
  const [, rest = ''] = path.split(`/a/${meta.id}/`);
  const [name] = rest.split('/');
  const Page = pages[name in pages ? (name as keyof typeof pages) : ''];
  return (
    <Suspense fallback={null}>
      <Page />
    </Suspense>
  );
}

export const plugin = new AppPlugin().setRootPage(App);
