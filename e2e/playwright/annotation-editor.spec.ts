import { DATASOURCE, expect, QueryEditor, test } from './kymo-test.js';

test('the editor of an annotation finds the alerts that fire', async ({
  annotationEditPage,
  page,
  selectors,
}) => {
  await annotationEditPage.datasource.set(DATASOURCE);
  await new QueryEditor(page).choose('Alert history');
  const { editor } = selectors.components.Annotations;
  const result = annotationEditPage.getByGrafanaSelector(editor.resultContainer);
  // Watchdog always fires, from the first tick on.
  await expect(async () => {
    await annotationEditPage.getByGrafanaSelector(editor.testButton).click();
    await expect(result).toContainText(/[1-9]\d* events?/, { timeout: 5_000 });
  }).toPass();
});
