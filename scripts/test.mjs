// `npm test [-- vitest arguments]`: installs and builds what is missing, then runs every test.
import { prepare } from './prepare.mjs';
import { conclude, runVitest } from './runners.mjs';
import { installSystemPackages } from './system-packages.mjs';

prepare();
installSystemPackages();

// A further runner is one more entry, here and in e2e.mjs.
conclude([runVitest(process.argv.slice(2))]);
