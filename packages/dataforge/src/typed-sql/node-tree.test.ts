import { expect, it } from 'vitest';
import { parseNodeTree } from './node-tree-text.ts';
import { TreeNode } from './node-tree.ts';

const node = (text: string): TreeNode => {
  const value = parseNodeTree(text);
  if (!(value instanceof TreeNode)) throw new TypeError('no node');
  return value;
};

it('nodes, lists, sets, strings and holes are read', () => {
  const tree = node('{A :b {B :n -1 :yes true} :list ({B :n 2} <> {B :n 3}) :set (b 3 4) :none <> :names ("x y" "z")}');
  expect(tree.child('b')?.int('n')).toBe(-1);
  expect(tree.child('b')?.flag('yes')).toBe(true);
  expect(tree.children('list').map((each) => each?.int('n'))).toEqual([2, undefined, 3]);
  expect(tree.ints('set')).toEqual([3, 4]);
  expect(tree.get('none')).toBeNull();
  expect(tree.children('none')).toEqual([]);
  expect(tree.values('names')).toEqual(['x y', 'z']);
  expect(Array.from(tree.walk(), ({ tag }) => tag)).toEqual(['A', 'B', 'B', 'B']);
});

it('names may look like anything', () => {
  const tree = node(String.raw`{A :resname :b :ctename a\ \{\}\(\)\\ :empty "" :quoted \"x\" :null \<> :last 1}`);
  expect(tree.text('resname')).toBe(':b');
  expect(tree.text('ctename')).toBe('a {}()\\');
  expect(tree.text('empty')).toBe('');
  expect(tree.text('quoted')).toBe('"x"');
  expect(tree.text('null')).toBe('<>');
  expect(tree.int('last')).toBe(1);
});

it('the bytes of a constant are a list', () => {
  expect(node('{CONST :constvalue 4 [ 1 0 -1 0 ] :last 1}').values('constvalue')).toEqual([
    ...['4', '[', '1', '0', '-1', '0', ']'],
  ]);
});

it('a field that is not there is an error', () => {
  expect(() => node('{A :b 1}').get('c')).toThrow(TypeError);
});

it.each(['{A :b', '(', '{A :b (1'])('a tree that ends too early is an error: %s', (text) => {
  expect(() => parseNodeTree(text)).toThrow(TypeError);
});
