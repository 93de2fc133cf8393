// Runs as a process of its own (see statfs.ts): asks file systems that may hang, and can be killed.
import { messageOf } from '../../lib/errors.js';
import { directStatfs, type StatfsRequest, type StatfsResponse } from './statfs.js';

const answer = (response: StatfsResponse): void => {
  process.send?.(response);
};

process.on('message', ({ id, path }: StatfsRequest) => {
  directStatfs.read(path).then(
    (capacity) => answer({ id, capacity }),
    (thrown: unknown) => answer({ id, error: messageOf(thrown) }),
  );
});

// An ordinary exit would wait for the threads, and so for the mount that hangs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
