import { PluginPage } from '@grafana/runtime';

/** Rules of an exporter. */
export default function RulesPage() {
  return <PluginPage>{null}</PluginPage>;
}
