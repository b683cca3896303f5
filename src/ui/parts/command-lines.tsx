/**
 * A change as the command line and the code that do the same.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import type { Api } from '../data/api.js';
import type { Change } from '../data/change.js';
import { curlOf } from '../data/commands.js';

/** Both forms of a change, each with a button that copies it. */
export function CommandLines({
  api,
  change,
  sandbox,
}: {
  readonly api: Api;
  readonly change: Change;
  readonly sandbox?: string;
}) {
  const url = `${location.origin}${api.url(change.path, pathHasSandbox(change) ? '' : sandbox)}`;
  return (
    <dl class="commands">
      <Command label="curl" text={curlOf(change, url, api.hasToken)} />
      <Command label="code" text={change.code} />
    </dl>
  );
}

/** Calls about sandboxes are made in the main one. */
function pathHasSandbox({ path }: Change): boolean {
  return path.startsWith('/sandboxes/');
}

function Command({ label, text }: { readonly label: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const onClick = async () => {
    setCopied(await copy(text));
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <div class="command">
      <dt>{label}</dt>
      <dd>
        <code>{text}</code>
        <button type="button" class="quiet" aria-label={`Copy the ${label} line`} onClick={onClick}>
          {copied ? 'copied' : 'copy'}
        </button>
      </dd>
    </div>
  );
}

/** Copies a text. The clipboard needs a secure context, which a plain address of another machine is not; the old command works there. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not permitted: try the old command.
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}
