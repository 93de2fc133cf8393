import { OrgRole } from '@grafana/data';
import { config } from '@grafana/runtime';

/** Whether the signed-in user may set up datasources. */
export const isAdmin = (): boolean => {
  const { orgRole, isGrafanaAdmin } = config.bootData.user;
  return isGrafanaAdmin || orgRole === OrgRole.Admin;
};
