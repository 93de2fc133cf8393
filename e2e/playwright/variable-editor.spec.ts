import { DATASOURCE, expect, test } from './kymo-test.js';

test('the editor of a variable shows the values of a label', async ({ variableEditPage, page }) => {
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(DATASOURCE);
  const query = page.getByTestId(
    'data-testid Variable editor Form Default Variable Query Editor textarea',
  );
  await query.fill('label_values(kymo:requests:rate, protocol)');
  await query.blur();
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews(['grpc', 'http1', 'http2', 'websocket']);
});
