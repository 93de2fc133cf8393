import { config } from '@grafana/runtime';

/** Role of the signed-in user in their organisation, such as `Viewer`; `''` where it is not known. */
export const roleHere = (): string => config.bootData?.user?.orgRole ?? '';
