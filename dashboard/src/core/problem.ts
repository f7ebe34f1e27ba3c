// What went wrong, in words for the person at the screen.

export interface FieldError {
  field: string;
  message: string;
  /** Which of several questions it is about. */
  index?: number;
}

/** An answer that is not a success (RFC 9457), or no answer at all (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly fields: FieldError[];

  constructor(status: number, title: string, detail: string, fields: FieldError[] = []) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.fields = fields;
  }

  /** The message for one field of a form. */
  at(field: string): string | undefined {
    return this.fields.find((error) => error.field === field)?.message;
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, 'Something went wrong', error instanceof Error ? error.message : String(error));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads `application/problem+json`; anything else (a proxy's error page) becomes a sentence of ours. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const fields: FieldError[] = [];
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (Array.isArray(given['errors'])) {
    for (const entry of given['errors'] as unknown[]) {
      const { field, message, index } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
        string,
        unknown
      >;
      if (typeof field === 'string' && typeof message === 'string') {
        fields.push({ field, message, ...(typeof index === 'number' && { index }) });
      }
    }
  }
  return new Problem(
    response.status,
    textOf(given['title']) ?? 'The server could not answer',
    textOf(given['detail']) ?? `It answered with status ${response.status}. Please try again in a moment.`,
    fields,
  );
}
