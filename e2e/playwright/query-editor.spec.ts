import { DATASOURCE, expect, QueryEditor, test } from './kymo-test.js';

/** Kinds of queries by the names that people see, with a column that each has. */
const kinds = [
  ['Live', /node_load1|Value/],
  ['Range', /node_load1|Value/],
  ['Instant', /Value|kymo/],
  ['History', /kymo|Value/],
  ['Anomalies', /score/i],
  ['Forecast', /forecast|kymo/i],
  ['Statistics', /average|avg/i],
  ['Analysis', /kymo|Value/],
] as const;

test('the query editor has every kind, and each brings its table', async ({
  panelEditPage,
  page,
}) => {
  await panelEditPage.datasource.set(DATASOURCE);
  test.slow();
  await panelEditPage.toggleTableView();
  const editor = new QueryEditor(page);
  await editor.write('node_load1');
  for (const [kind, column] of kinds) {
    await test.step(kind, async () => {
      await editor.choose(kind);
      await expect(
        panelEditPage.panel.fieldNames.filter({ hasText: column }).first(),
      ).toBeVisible();
      await expect(panelEditPage.panel.data.first()).not.toBeEmpty();
    });
  }
});
