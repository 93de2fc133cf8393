import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the provisioning is, seen from the compiled commands: in the package, and in the repository. */
const PLACES = ['../../provisioning/', '../../../provisioning/'];

const found = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((place) =>
  existsSync(path.join(place, 'kymo', 'rules')),
);

/** Folder of the provisioning files that come with Kymo: for Grafana, Prometheus and Kymo itself. */
export const provisioningFolder = found ?? fileURLToPath(new URL(PLACES[0], import.meta.url));
