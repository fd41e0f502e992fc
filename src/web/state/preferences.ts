import { effect, signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'
export type Language = 'en' | 'de'

export const LANGUAGES: readonly Language[] = ['en', 'de']
export const THEMES: readonly Theme[] = ['system', 'light', 'dark']

export const theme = signal<Theme>(stored('theme', THEMES) ?? 'system')
export const language = signal<Language>(stored('language', LANGUAGES) ?? browserLanguage())

/** Keeps what was chosen, and shows it. */
export function applyPreferences(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
    store('theme', theme.value)
  })
  effect(() => {
    document.documentElement.lang = language.value
  })
}

export function chooseLanguage(chosen: Language): void {
  language.value = chosen
  store('language', chosen)
}

/** The language of the subtitles that were chosen last, or `none`; `null` where nothing was. */
export function chosenSubtitles(): string | null {
  return read('subtitles')
}

export function chooseSubtitles(languageOrNone: string): void {
  store('subtitles', languageOrNone)
}

function browserLanguage(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())
  return LANGUAGES.find((known) => known === wanted.find((tag) => isLanguage(tag))) ?? 'en'
}

function isLanguage(tag: string): tag is Language {
  return LANGUAGES.some((known) => known === tag)
}

function stored<T extends string>(name: string, allowed: readonly T[]): T | undefined {
  const value = read(name)
  return allowed.find((known) => known === value)
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(`tributary.${name}`)
  } catch {
    return null // Storage is forbidden: nothing is kept.
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(`tributary.${name}`, value)
  } catch {
    // Storage is forbidden: nothing is kept.
  }
}
