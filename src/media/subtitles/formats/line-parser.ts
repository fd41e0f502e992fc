/** Reads one format of subtitles, line by line. */
export interface LineParser {
  line(text: string): void
  /** There are no more lines. */
  end(): void
}
