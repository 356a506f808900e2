import { expect, it } from 'vitest';
import { z } from 'zod';
import { ModelSchema } from './types.ts';

it('the form of the model is published as JSON Schema', async () => {
  const schema = {
    title: 'The model of an application, as forge writes it to generated/model.json',
    ...z.toJSONSchema(ModelSchema),
  };
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../model.schema.json');
});
