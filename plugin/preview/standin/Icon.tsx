import { forwardRef, type CSSProperties } from 'react';

/** Text of Grafana's icons, by name: bundled, as no Grafana serves them here. */
const files = import.meta.webpackContext('grafana-icons', {
  regExp: /^\.\/(unicons|custom|mono|solid)\/[\w-]+\.svg$/,
});

const sizes: Readonly<Record<string, number>> = {
  xs: 12,
  sm: 14,
  md: 16,
  lg: 18,
  xl: 24,
  xxl: 36,
  xxxl: 48,
};

interface IconProps {
  readonly name: string;
  readonly size?: string;
  readonly type?: string;
  readonly title?: string;
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** Takes the place of Grafana's icon, which fetches its pictures. */
export const Icon = forwardRef<HTMLSpanElement, IconProps>(function Icon(props, ref) {
  const { name, size = 'md', type, title, className, style, ...rest } = props;
  const pixels = sizes[size] ?? 16;
  const svg = find(name, type).replace(
    '<svg',
    `<svg width="${pixels}" height="${pixels}" fill="currentColor"`,
  );
  return (
    <span
      {...rest}
      ref={ref}
      className={className}
      style={{
        display: 'inline-flex',
        flexShrink: 0,
        lineHeight: 0,
        verticalAlign: 'middle',
        ...style,
      }}
      {...(title === undefined || title === ''
        ? { 'aria-hidden': true }
        : { role: 'img', 'aria-label': title })}
      dangerouslySetInnerHTML={{ __html: svg }}
    />
  );
});

function find(name: string, type: string | undefined): string {
  for (const folder of [type ?? 'unicons', 'unicons', 'custom', 'mono', 'solid']) {
    const file = `./${folder}/${name}.svg`;
    if (files.keys().includes(file)) return files(file);
  }
  // The only one that Grafana's package leaves out is a dot.
  return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9"/></svg>';
}
