/**
 * The evidence of a rule: how certain it is, and the page that states it.
 * @module
 */

/** A source as the control API shows it. */
interface Source {
  readonly title: string;
  readonly url?: string | undefined;
  readonly date?: string | undefined;
}

/** The level of evidence, the remark and a link to the source. */
export function Evidence({
  evidence,
  source,
}: {
  readonly evidence: { readonly level: string; readonly note?: string | undefined };
  readonly source?: Source | null | undefined;
}) {
  return (
    <span class={`evidence ${evidence.level}`}>
      {evidence.level}
      {source ? (
        <>
          {': '}
          <SourceLink source={source} />
        </>
      ) : null}
      {evidence.note === undefined ? null : ` (${evidence.note})`}
    </span>
  );
}

/** The title of a source, as a link where its address is one of the web. */
export function SourceLink({ source: { title, url, date } }: { readonly source: Source }) {
  const isWeb = url !== undefined && /^https?:\/\//i.test(url);
  return (
    <>
      {isWeb ? (
        <a href={url} target="_blank" rel="noreferrer noopener">
          {title}
        </a>
      ) : (
        title
      )}
      {date === undefined ? null : <span class="muted"> {date}</span>}
    </>
  );
}
