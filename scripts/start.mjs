// `npm start [-- flags]`: installs and builds what is missing, then runs `kymo demo`.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
const kymo = spawn(
  process.execPath,
  [path.join(root, 'exporter/dist/main.js'), 'demo', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
// The terminal signals the whole process group; a supervisor signals only this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => kymo.kill(signal));
kymo.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
