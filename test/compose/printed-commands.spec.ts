import { describe, expect, it } from '@jest/globals';
import { before, printedCommands, tableRows } from './printed-commands.js';

const page = `# A page

\`\`\`sh
npm start        # everything
curl a \\
  -d b
\`\`\`

\`\`\`
what it prints
\`\`\`

\`\`\`js
const a = 1;
\`\`\`

| here | there |
| --- | --- |
| \`x\`, \`y\` | \`z \\| grep w\` |
| \`u\` | \`v\` |

## The rest

\`\`\`sh
npm test
\`\`\`
`;

describe('the commands of a page', () => {
  it('are those of its blocks, in order, without comments', () => {
    expect(printedCommands(page)).toEqual([
      { language: 'sh', text: 'npm start' },
      { language: 'sh', text: 'curl a \\\n  -d b' },
      { language: 'js', text: 'const a = 1;\n' },
      { language: 'sh', text: 'npm test' },
    ]);
  });

  it('end before a heading', () => {
    expect(printedCommands(before('## The rest', page))).toHaveLength(3);
  });

  it('are translated by a table', () => {
    expect(tableRows('| here | there |', page)).toEqual([
      ['x, y', 'z | grep w'],
      ['u', 'v'],
    ]);
  });
});
