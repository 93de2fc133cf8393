import { css } from '@emotion/css';
import { usePluginContext, type GrafanaTheme2 } from '@grafana/data';
import { config, PluginPage } from '@grafana/runtime';
import { Button, ClipboardButton, LinkButton, TextLink, useStyles2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { isAdmin } from '../admin.js';
import { NoExporter } from '../NoExporter.js';
import { reportOf } from './report.js';
import { inShort } from './result.js';
import { SectionView } from './SectionView.js';
import { useSetup } from './use-setup.js';

/** What is connected and how, and what to mend: the words are those of `kymo doctor`. */
export default function SetupPage() {
  const styles = useStyles2(stylesOf);
  const version = usePluginContext()?.meta.info.version ?? '';
  const { sections, isChecking, checkAgain } = useSetup(version);
  const results = sections.flatMap((section) => section.results ?? []);
  return (
    <PluginPage>
      <div data-testid={testIds.setup} data-checking={isChecking}>
        <div className={styles.bar}>
          <span role="status" className={styles.summary}>
            {isChecking ? 'Checking …' : inShort(results)}
          </span>
          <Button
            icon={isChecking ? 'spinner' : 'sync'}
            variant="secondary"
            disabled={isChecking}
            data-testid={testIds.setupCheck}
            onClick={checkAgain}
          >
            Check again
          </Button>
          <ClipboardButton
            icon="copy"
            variant="secondary"
            disabled={isChecking}
            data-testid={testIds.setupCopy}
            getText={() => reportOf(sections, new Date())}
          >
            Copy as text
          </ClipboardButton>
          <LinkButton
            icon="apps"
            variant="secondary"
            fill="text"
            href={below('/dashboards?tag=kymo')}
          >
            Dashboards
          </LinkButton>
          <LinkButton
            icon="book"
            variant="secondary"
            fill="text"
            href={below('/plugins/kymo-live-app')}
          >
            Documentation
          </LinkButton>
        </div>
        {sections.map((section) => (
          <SectionView key={section.id} section={section} aside={<Settings uid={section.id} />} />
        ))}
        {sections.length === 1 && <NoExporter />}
      </div>
    </PluginPage>
  );
}

const below = (path: string): string => `${config.appSubUrl}${path}`;

/** Where a datasource is set up, for who may. */
function Settings({ uid }: { readonly uid: string }) {
  if (uid === '' || !isAdmin()) return null;
  return <TextLink href={`/connections/datasources/edit/${uid}`}>Settings</TextLink>;
}

const stylesOf = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(3),
  }),
  summary: css({
    flex: 1,
    minWidth: theme.spacing(25),
    fontVariantNumeric: 'tabular-nums',
    color: theme.colors.text.secondary,
  }),
});
