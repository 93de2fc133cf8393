import { css } from '@emotion/css';
import {
  applyFieldOverrides,
  getPanelOptionsWithDefaults,
  type FieldConfigSource,
  type GrafanaTheme2,
  type PanelPlugin,
  type PanelProps,
} from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { useMemo, useRef } from 'react';
import { trustOf } from '../src/shared/trust.js';
import { Box } from './Box.js';
import type { PanelDefinition } from './panels.js';
import { eventBus, usePage, useShown } from './page.js';
import { rangeOf, usePanelData } from './usePanelData.js';
import { useSize } from './useSize.js';

const replaceVariables: PanelProps['replaceVariables'] = (text, scoped, format) =>
  getTemplateSrv().replace(text, scoped, format);

/** What Grafana does for a panel: asks its queries, applies the options of fields, says its size. */
export function PanelHost({
  definition,
  id,
}: {
  readonly definition: PanelDefinition;
  readonly id: number;
}) {
  const { plugin, title, targets, area } = definition;
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const { datasource, window } = usePage();
  const { state, frames, errors } = usePanelData(datasource, targets, window);
  useShown(title, frames);
  const content = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(content);
  const { options, fieldConfig } = useMemo(
    () => settingsOf(plugin, definition),
    [plugin, definition],
  );
  const series = useMemo(
    () =>
      applyFieldOverrides({
        data: frames,
        fieldConfig,
        fieldConfigRegistry: plugin.fieldConfigRegistry,
        replaceVariables,
        theme,
        timeZone: 'browser',
      }),
    [frames, fieldConfig, plugin, theme],
  );
  const Panel = plugin.panel as React.ComponentType<PanelProps>;
  const timeRange = rangeOf(window, trustOf(frames)?.last ?? Date.now());
  return (
    <Box title={title} area={area}>
      <div ref={content} className={styles.content}>
        {width > 0 && (
          <Panel
            id={id}
            title={title}
            data={{ state, series, errors, timeRange }}
            timeRange={timeRange}
            timeZone="browser"
            options={options}
            fieldConfig={fieldConfig}
            width={width}
            height={height}
            transparent={false}
            renderCounter={0}
            replaceVariables={replaceVariables}
            eventBus={eventBus}
            onOptionsChange={() => undefined}
            onFieldConfigChange={() => undefined}
            onChangeTimeRange={() => undefined}
          />
        )}
      </div>
    </Box>
  );
}

function settingsOf(plugin: PanelPlugin, { options, fieldConfig }: PanelDefinition) {
  return getPanelOptionsWithDefaults({
    plugin,
    currentOptions: { ...options },
    currentFieldConfig: fieldConfig as FieldConfigSource,
    isAfterPluginChange: false,
  });
}

const stylesOf = (_: GrafanaTheme2) => ({
  content: css({ flex: 1, minHeight: 0, minWidth: 0, overflow: 'hidden' }),
});
