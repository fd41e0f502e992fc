import { signal } from '@preact/signals'

/** Files that were dropped on the page and that nobody has looked at yet. */
export const droppedFiles = signal<readonly File[]>([])
