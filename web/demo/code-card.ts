/** A piece of code with a button that copies it. */

import { html, nothing } from 'lit';

export interface CodeCard {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** Null while it is on its way. */
  readonly code: string | null;
  readonly isCopied: boolean;
  copied(): void;
}

export function codeCard(card: CodeCard) {
  const { id, title, note, code, isCopied } = card;
  return html`<div class="code-card">
    <header class="code-head">
      <h3 id=${`${id}-title`}>${title}</h3>
      <button
        type="button"
        class="button"
        data-copy=${id}
        ?disabled=${code === null}
        @click=${() => copy(card)}
      >
        ${isCopied ? 'Copied' : 'Copy'}
      </button>
    </header>
    <pre tabindex="0" role="region" aria-labelledby=${`${id}-title`}><code id=${`${id}-code`}>${
      code ?? nothing
    }</code></pre>
    <p class="quiet">${note}</p>
    <span class="sr-only" role="status">${isCopied ? `${title}: copied` : nothing}</span>
  </div>`;
}

async function copy({ id, code, copied }: CodeCard): Promise<void> {
  if (code === null) return;
  try {
    await navigator.clipboard.writeText(code);
  } catch {
    // No permission, or no secure context: select the text, so that the keyboard can copy it.
    const shown = document.getElementById(`${id}-code`);
    if (shown) window.getSelection()?.selectAllChildren(shown);
    return;
  }
  copied();
}
