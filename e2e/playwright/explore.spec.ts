import { moves } from '../test/dashboard-page.js';
import { DATASOURCE, expect, QueryEditor, test } from './kymo-test.js';

test('Explore draws a range, and goes on where the query is live', async ({
  explorePage,
  page,
}) => {
  await explorePage.datasource.set(DATASOURCE);
  const editor = new QueryEditor(page);
  await editor.choose('Range');
  await editor.write('node_load1');
  const graph = explorePage.timeSeriesPanel.locator;
  await expect(graph.locator('.u-over').first()).toBeVisible();
  await editor.choose('Live');
  const drawing = graph.locator('canvas').first();
  await moves('three different drawings', 3, async () =>
    (await drawing.screenshot()).toString('base64'),
  );
});
