import { JsonItems } from './json-items.ts'
import { request } from './request.ts'

/** How long the page may be kept busy at a time, in milliseconds. */
const SLICE_MS = 12

/**
 * The items of the array that a route answers with, read without a long task.
 * @param prepare does what each item needs, in the same small steps
 * @throws RequestError
 */
export async function loadItems<T>(path: string, prepare: (item: T) => unknown): Promise<T[]> {
  const response = await request(path)
  if (response.body === null) return []
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const splitter = new JsonItems()
  const items: T[] = []
  let sliceEnd = performance.now() + SLICE_MS
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return items
    for (const text of splitter.take(value)) {
      const item = JSON.parse(text) as T
      prepare(item)
      items.push(item)
    }
    if (performance.now() > sliceEnd) {
      await breathe()
      sliceEnd = performance.now() + SLICE_MS
    }
  }
}

/** Lets the browser draw and answer before going on. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => resolve()
    port2.postMessage(null)
  })
}
