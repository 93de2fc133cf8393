import { CodeEditor, type Monaco, type MonacoEditor } from '@grafana/ui';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { complaintOf } from './complaint.js';
import type { Names } from './completion.js';
import { completeFrom, LANGUAGE, registerPromql } from './language.js';

interface PromqlFieldProps {
  /** What is wrong with an expression; `undefined` where nothing is, or nobody can say. */
  readonly validate: (expr: string) => Promise<string | undefined>;
  /** What it completes. */
  readonly names: Names;
  readonly value: string;
  /** The text is finished: the field is left, or the keys to save are pressed. */
  readonly onChange: (expr: string) => void;
  /** The text is other than it was, and perhaps not finished. */
  readonly onEdit?: (expr: string) => void;
  /** CSS pixels. */
  readonly height?: number;
  readonly label?: string;
}

/** Milliseconds without a keystroke after which an expression is checked. */
const PAUSE = 400;

/** A field for PromQL with colours, completion and complaints while one types. */
export function PromqlField(props: PromqlFieldProps) {
  const { names, value, height = 72, label = 'PromQL' } = props;
  // The editor keeps the handlers that it was mounted with.
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });
  const mounted = useRef<{ editor: MonacoEditor; monaco: Monaco }>(undefined);
  const completion = useRef<{ dispose(): void }>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const check = (expr: string): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      void latest.current.validate(expr).then((error) => {
        const model = mounted.current?.editor.getModel();
        if (model?.getValue() !== expr || mounted.current === undefined) return;
        const { monaco } = mounted.current;
        monaco.editor.setModelMarkers(model, LANGUAGE, markersOf(error, model, monaco));
      });
    }, PAUSE);
  };
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      completion.current?.dispose();
    },
    [],
  );

  return (
    <CodeEditor
      language={LANGUAGE}
      value={value}
      height={height}
      showMiniMap={false}
      showLineNumbers={false}
      monacoOptions={{
        ariaLabel: label,
        fontSize: 14,
        folding: false,
        overviewRulerLanes: 0,
        wordWrap: 'on',
        fixedOverflowWidgets: true,
      }}
      onBeforeEditorMount={registerPromql}
      onEditorDidMount={(editor, monaco) => {
        mounted.current = { editor, monaco };
        const model = editor.getModel();
        if (model !== null) completion.current = completeFrom(model, names, monaco);
        check(editor.getValue());
      }}
      onChange={(expr) => {
        check(expr);
        latest.current.onEdit?.(expr);
      }}
      onBlur={(expr) => {
        if (expr !== latest.current.value) latest.current.onChange(expr);
      }}
      onSave={(expr) => latest.current.onChange(expr)}
    />
  );
}

type Model = NonNullable<ReturnType<MonacoEditor['getModel']>>;
type Marker = Parameters<Monaco['editor']['setModelMarkers']>[2][number];

/** A wavy line from where the expression goes wrong to its end. */
function markersOf(error: string | undefined, model: Model, monaco: Monaco): Marker[] {
  if (error === undefined) return [];
  const { line, column, message } = complaintOf(error);
  const { endLineNumber, endColumn } = model.getFullModelRange();
  return [
    {
      message,
      severity: monaco.MarkerSeverity.Error,
      startLineNumber: Math.min(line, endLineNumber),
      startColumn: line === endLineNumber ? Math.min(column, Math.max(1, endColumn - 1)) : column,
      endLineNumber,
      endColumn,
    },
  ];
}
