/** Puts a popover beside its button. The styles are set one by one, which strict policies allow. */

const EDGE = 8;
const DISTANCE = 4;

/** Below the button where there is room, above it otherwise, always inside the window. */
export function placeBeside(popover: HTMLElement, button: HTMLElement): void {
  const anchor = button.getBoundingClientRect();
  popover.style.maxHeight = '';
  const { width, height } = popover.getBoundingClientRect();
  const below = window.innerHeight - anchor.bottom - DISTANCE - EDGE;
  const above = anchor.top - DISTANCE - EDGE;
  const isBelow = height <= below || below >= above;
  const room = Math.max(isBelow ? below : above, 120);
  const left = Math.min(anchor.left, window.innerWidth - width - EDGE);
  const top = isBelow ? anchor.bottom + DISTANCE : anchor.top - DISTANCE - Math.min(height, room);
  popover.style.left = `${Math.max(left, EDGE)}px`;
  popover.style.top = `${Math.max(top, EDGE)}px`;
  popover.style.minWidth = `${Math.min(anchor.width, window.innerWidth - 2 * EDGE)}px`;
  popover.style.maxHeight = `${room}px`;
}

/** Keeps an open popover in its place while it, the page or its scroll changes; returns the stop. */
export function keepBeside(popover: HTMLElement, button: HTMLElement): () => void {
  const place = () => placeBeside(popover, button);
  place();
  window.addEventListener('scroll', place, { capture: true, passive: true });
  window.addEventListener('resize', place);
  // A calendar that has loaded is wider than the room that was kept for it.
  const sizes = new ResizeObserver(place);
  sizes.observe(popover);
  return () => {
    sizes.disconnect();
    window.removeEventListener('scroll', place, { capture: true });
    window.removeEventListener('resize', place);
  };
}
