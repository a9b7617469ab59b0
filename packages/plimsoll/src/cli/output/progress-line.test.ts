import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProgressLine } from './progress-line.ts';

const cleared = '\r\u001B[K';
let written = '';

beforeEach(() => {
  written = '';
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

function line(width = 80): ProgressLine {
  return new ProgressLine((text) => (written += text), width);
}

describe('the progress line of a terminal', () => {
  test('given work of less than a second, then nothing is shown', () => {
    const progress = line();
    progress.show('scan');
    vi.advanceTimersByTime(900);
    progress.show(null);
    vi.advanceTimersByTime(5000);
    expect(written).toBe('');
  });

  test('given longer work, then it is shown with its time, counts go on, and it goes when the work ends', () => {
    const progress = line();
    let count = 1;
    progress.show(() => `${count} resources judged`);
    vi.advanceTimersByTime(1000);
    expect(written).toBe(`${cleared}1 resources judged … 1 s`);
    count = 2;
    vi.advanceTimersByTime(200);
    expect(written.endsWith(`${cleared}2 resources judged … 1 s`)).toBe(true);
    progress.show(null);
    expect(written.endsWith(cleared)).toBe(true);
  });

  test('given a narrow terminal and foreign control characters, then it stays one line and harmless', () => {
    line(12).show('\u001B[2Ja long name');
    vi.advanceTimersByTime(1000);
    expect(written).toBe(`${cleared}\\u001b[2Ja `);
  });

  test('given no terminal, then nothing is ever shown', () => {
    new ProgressLine(null, 80).show('scan');
    vi.advanceTimersByTime(5000);
    expect(written).toBe('');
  });
});
