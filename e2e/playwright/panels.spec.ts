import type { PanelEditPage } from '@grafana/plugin-e2e';
import { DATASOURCE, expect, QueryEditor, test } from './kymo-test.js';

const rate = 'kymo:requests:rate{protocol!=""}';

/** Our panels by the names that people see: a query of theirs, and what shows that there are data. */
const panels = [
  { panel: 'Kymo KPI', kind: 'Live', expr: rate, shows: 'kymo-kpi-value' },
  { panel: 'Kymo heatmap', kind: 'Live', expr: rate, shows: 'kymo-heatmap' },
  { panel: 'Kymo protocols', kind: 'Live', expr: rate, shows: 'kymo-protocol-row' },
  { panel: 'Kymo alerts', kind: 'Alerts', expr: undefined, shows: 'kymo-alert' },
  { panel: 'Kymo analysis', kind: 'Analysis', expr: rate, shows: 'kymo-analysis-figures' },
];

for (const { panel, kind, expr, shows } of panels) {
  test(`${panel} is chosen in the panel editor and shows live data`, async ({
    panelEditPage,
    page,
  }) => {
    await panelEditPage.datasource.set(DATASOURCE);
    await choosePanel(panelEditPage, panel);
    const editor = new QueryEditor(page);
    await editor.choose(kind);
    if (expr !== undefined) await editor.write(expr);
    await expect(page.getByTestId(shows).first()).toBeVisible();
    await expect(page.getByTestId('kymo-trust').first()).toHaveAttribute('data-state', 'live');
    await expect(panelEditPage.panel.getErrorIcon()).toHaveCount(0);
  });
}

/**
 * As a person does it: `setVisualization` of plugin-e2e 3.14 takes the button that closes the choice in Grafana
 * 12.4.0 for the one that opens it.
 */
async function choosePanel(editing: PanelEditPage, name: string): Promise<void> {
  const { page, selectors } = editing.ctx;
  const item = editing.getByGrafanaSelector(selectors.components.PluginVisualization.item(name));
  const all = page.getByRole('tab', { name: 'All visualizations' });
  // A panel that has no query yet may start with the choice open.
  await expect(async () => {
    if (!(await all.isVisible()))
      await page.getByText('Change', { exact: true }).click({ timeout: 2000 });
    await all.click({ timeout: 2000 });
    await item.click({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
  await expect(editing.getVisualizationName()).toContainText(name);
}
