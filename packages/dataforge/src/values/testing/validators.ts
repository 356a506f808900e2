import { z } from 'zod';
import { zodSource } from '../zod-source.ts';

/** The validator whose source text `zodSource` gives. */
export function validatorOf(type: string): z.ZodType {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- generated code is what is tested
  const make = new Function('z', `return ${zodSource(type)}`) as (zod: typeof z) => z.ZodType;
  return make(z);
}

/** Which of these the validator of a type takes. */
export const accepted = (type: string, values: readonly unknown[]): unknown[] => {
  const validator = validatorOf(type);
  return values.filter((value) => validator.safeParse(value).success);
};
