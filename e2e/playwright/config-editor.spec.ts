import { expect, test } from './kymo-test.js';

const type = 'kymo-live-datasource';

test('a new datasource with the URL of an exporter passes Save & test', async ({
  createDataSourceConfigPage,
  grafanaAPIClient,
  page,
}) => {
  const { url } = await grafanaAPIClient.getDataSourceSettingsByUID('kymo');
  const config = await createDataSourceConfigPage({ type, name: 'Kymo of a test' });
  await page.getByTestId('kymo-config-url').fill(String(url));
  await config.saveAndTest({ path: `/api/datasources/proxy/uid/${config.datasource.uid}/` });
  await expect(config).toHaveAlert('success', { hasText: /Kymo .* answers; values come live/ });
});

test('Save & test says that nothing answers at a URL', async ({
  createDataSourceConfigPage,
  page,
}) => {
  const config = await createDataSourceConfigPage({ type, name: 'Kymo that is not there' });
  await page.getByTestId('kymo-config-url').fill('http://127.0.0.1:9');
  await config.saveAndTest({ path: `/api/datasources/proxy/uid/${config.datasource.uid}/` });
  await expect(config).toHaveAlert('error', { hasText: /exporter/ });
});
