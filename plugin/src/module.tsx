import { AppPlugin } from '@grafana/data';
import { lazy, Suspense } from 'react';

const Home = lazy(() => import('./pages/home/Home.js'));

function App() {
  return (
    <Suspense fallback={null}>
      <Home />
    </Suspense>
  );
}

export const plugin = new AppPlugin().setRootPage(App);
