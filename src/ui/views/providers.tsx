/**
 * What is served, with the base URLs for clients, and each provider's rules with their evidence.
 * @module
 */
import type { Store } from '../data/store.js';
import { number } from '../model/format.js';
import { Evidence, SourceLink } from '../parts/evidence.js';
import { TableScroll } from '../parts/table-scroll.js';

/** The section with the providers. */
export function Providers({ store }: { readonly store: Store }) {
  const { profiles } = store.state;
  const { prefix } = store.api;
  const baseUrl = (id: string) => `${location.origin}${prefix}${profiles.length === 1 ? '' : `/${id}`}`;
  return (
    <div class="providers">
      <section class="panel" aria-labelledby="served">
        <header class="panel-head">
          <h2 id="served">Served here</h2>
        </header>
        <TableScroll label="Served providers">
          <table>
            <thead>
              <tr>
                <th scope="col">Provider</th>
                <th scope="col">Base URL for your client</th>
                <th scope="col">Plan</th>
                <th scope="col">Policies</th>
              </tr>
            </thead>
            <tbody>
              {profiles.map(({ id, title, plan, policies }) => (
                <tr key={id}>
                  <th scope="row">
                    {title} <span class="muted">{id}</span>
                  </th>
                  <td>
                    <code>{baseUrl(id)}</code>
                  </td>
                  <td>{plan}</td>
                  <td>{number(policies.length)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
        <p class="muted padded">
          The control API is at <code>{`${location.origin}${prefix}/__mock429`}</code>:{' '}
          <a href="openapi.json">its OpenAPI document</a>.
        </p>
      </section>
      {profiles.map(({ id, title, policies, sources }) => (
        <section class="panel" key={id} aria-label={`Rules of ${title}`}>
          <header class="panel-head">
            <h2>
              {title} <span class="muted">{id}</span>
            </h2>
          </header>
          <ul class="policies">
            {policies.map((policy) => (
              <li key={policy.id}>
                <p>
                  <b>{policy.id}</b>{' '}
                  <span class="muted">
                    {policy.quota === null ? 'no limit' : `${number(policy.quota)} ${policy.unit}`}
                  </span>{' '}
                  <Evidence
                    evidence={policy.evidence}
                    source={sources.find((source) => source.id === policy.evidence.source)}
                  />
                </p>
                <p>{policy.explain}</p>
              </li>
            ))}
          </ul>
          {sources.length > 0 ? (
            <p class="muted padded">
              Sources:{' '}
              {sources.map((source, i) => (
                <span key={source.id}>
                  {i > 0 ? '; ' : ''}
                  <SourceLink source={source} />
                </span>
              ))}
            </p>
          ) : null}
        </section>
      ))}
    </div>
  );
}
