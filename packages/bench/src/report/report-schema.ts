import { z } from 'zod';
import { reportFormat } from './report.ts';

/** The JSON Schema (2020-12) of `report.json`, for programs that read it. */
export function reportSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(reportFormat, {
    // As a reader sees it: members that a later version adds are no error.
    io: 'input',
    override: ({ jsonSchema }) => {
      // Says that nobody may write the file, which is not what it means here.
      delete jsonSchema.readOnly;
    },
  });
  return { ...schema, title: 'A Stormcart report' };
}
