import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { DataLinksContextMenu, Icon, useStyles2, useTheme2 } from '@grafana/ui';
import { memo } from 'react';
import type { StatusLook } from '../../shared/status-looks.js';
import type { Card } from './cards.js';

interface HeadProps {
  readonly title: string;
  readonly status: StatusLook | undefined;
  readonly links: Card['links'];
}

/** Links are made anew with each value; mostly they lead where they did. */
const isSameHead = (one: HeadProps, other: HeadProps): boolean =>
  one.title === other.title &&
  one.status === other.status &&
  one.links.length === other.links.length &&
  one.links.every(({ href, title }, at) => {
    const link = other.links[at];
    return href === link.href && title === link.title;
  });

/** What a card is of, where it leads to, and how it stands. */
export const Head = memo(function Head({ title, status, links }: HeadProps) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.head}>
      <span className={styles.title} title={title}>
        {links.length === 0 ? title : <Linked title={title} links={links} />}
      </span>
      {status !== undefined && (
        <span className={styles.status} style={{ color: theme.colors[status.tone].text }}>
          <Icon key={status.icon} name={status.icon} size="sm" /> {status.word}
        </span>
      )}
    </div>
  );
}, isSameHead);

/** A title that leads on, or opens a menu where there is more than one place to go to. */
function Linked({ title, links }: Pick<HeadProps, 'title' | 'links'>) {
  const styles = useStyles2(stylesOf);
  const [first] = links;
  if (links.length === 1) {
    return (
      <a href={first.href} target={first.target} title={first.title} onClick={first.onClick}>
        {title}
      </a>
    );
  }
  return (
    <DataLinksContextMenu links={() => [...links]}>
      {({ openMenu }) => (
        <button type="button" className={styles.menu} aria-haspopup="menu" onClick={openMenu}>
          {title}
        </button>
      )}
    </DataLinksContextMenu>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    padding: theme.spacing(0.75, 1.25, 0),
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  title: css({
    color: theme.colors.text.secondary,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    a: { color: theme.colors.text.link },
  }),
  menu: css({
    padding: 0,
    border: 'none',
    background: 'none',
    color: theme.colors.text.link,
    cursor: 'pointer',
  }),
  status: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    whiteSpace: 'nowrap',
  }),
});
