// `npm test [-- files or Vitest's arguments]`: installs and builds what is missing, then runs every test.
import { prepare } from './prepare.mjs';
import { conclude, runTests } from './runners.mjs';
import { installSystemPackages } from './system-packages.mjs';

prepare();
installSystemPackages();

conclude(runTests(process.argv.slice(2)));
