'use strict';

const titles = {fill_mask: 'Fill the blank', next_sentence: 'Two sentences', classify: 'Classify', tag: 'Tag words', answer: 'Answer a question'};
const byId = id => document.getElementById(id);
const answer = byId('answer');
let models = [];
let asked = '';

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

const model = () => models.find(m => m.name === byId('model').value);

function percent(probability) {
  return (100 * probability).toFixed(probability < 0.001 ? 3 : 1) + '%';
}

function list(title, rows) {
  answer.append(element('h2', title));
  const lines = document.createElement('ol');
  for (const [text, probability] of rows) {
    const line = document.createElement('li');
    const bar = element('span', '', 'bar');
    bar.style.width = (100 * probability).toFixed(2) + '%';
    line.append(bar, element('span', text), element('span', percent(probability), 'number'));
    lines.append(line);
  }
  answer.append(lines);
}

// What is asked stands behind the # of the address, so that a link asks it again.
const questions = {
  fill_mask: {
    fields: {text: 'mask-text'},
    body: () => ({text: byId('mask-text').value, top_k: 8}),
    show(result, body) {
      const sentence = element('p', '', 'sentence');
      body.text.split('[MASK]').forEach((part, i) => {
        sentence.append(part);
        if (i < result.masks.length) sentence.append(element('mark', result.masks[i][0].word));
      });
      answer.append(sentence);
      result.masks.forEach((mask, i) => list(
          result.masks.length > 1 ? 'Mask ' + (i + 1) : 'Likeliest', mask.map(f => [f.word, f.probability])));
    },
  },
  next_sentence: {
    fields: {first: 'first', second: 'second'},
    body: () => ({first: byId('first').value, second: byId('second').value}),
    show(result) {
      const words = {
        IsNext: 'The second follows the first', NotNext: 'The second is from elsewhere',
        InOrder: 'They are in order', Swapped: 'They are swapped',
      };
      list('Judgement', result.labels.map(l => [words[l.label] || l.label, l.probability]));
    },
  },
  classify: {
    fields: {text: 'class-text', pair: 'class-pair'},
    body() {
      const body = {text: byId('class-text').value};
      if (byId('class-pair').value && model().pairs !== false) body.pair = byId('class-pair').value;
      return body;
    },
    show(result) {
      if (result.labels) list('Labels', result.labels.map(l => [l.label, l.probability]));
      else answer.append(element('h2', 'Value'), element('p', result.value.toFixed(4), 'sentence'));
    },
  },
  tag: {
    fields: {text: 'tag-text'},
    body: () => ({text: byId('tag-text').value}),
    show(result) {
      answer.append(element('h2', 'Words and their tags'));
      const sentence = element('p', '', 'sentence tagged');
      for (const {word, tag} of result.words) {
        if (tag === 'O') {
          sentence.append(word + ' ');
          continue;
        }
        const mark = element('mark', word);
        mark.append(element('small', tag));
        sentence.append(mark, ' ');
      }
      answer.append(sentence);
    },
  },
  answer: {
    form: 'answer_question',
    fields: {question: 'qa-question', text: 'qa-text'},
    body: () => ({question: byId('qa-question').value, text: byId('qa-text').value}),
    show(result) {
      answer.append(element('p', result.answer || 'No answer in this text.', 'sentence'));
      if (result.answers.length) list('Likeliest', result.answers.slice(0, 8).map(a => [a.text || '(no answer)', a.probability]));
    },
  },
};

// Of most questions the form has their name; the answer stands in a section of that name.
const form = question => byId(questions[question].form || question);

function choose(question) {
  asked = question;
  for (const tab of byId('tabs').children) {
    tab.setAttribute('aria-selected', String(tab.dataset.question === question));
  }
  for (const name of Object.keys(questions)) form(name).hidden = name !== question;
  byId('path').textContent = '/v1/models/' + model().name + ':' + question;
  byId('name').textContent = model().name;
  answer.replaceChildren();
}

function chooseModel() {
  const m = model();
  byId('facts').textContent = 'version ' + m.version + ', ' + m.layers + ' layers of ' + m.hidden_size + ', up to ' + m.longest + ' tokens';
  // An older export does not say whether it takes pairs.
  byId('class-second').hidden = m.pairs === false;
  byId('class-pair-label').textContent = m.pairs ? 'Second text' : 'Second text, if the model takes pairs';
  const offered = m.questions.filter(q => q in questions);
  byId('tabs').replaceChildren(...offered.map(question => {
    const tab = element('button', titles[question]);
    tab.type = 'button';
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-controls', form(question).id);
    tab.dataset.question = question;
    tab.addEventListener('click', () => choose(question));
    return tab;
  }));
  if (offered.length) {
    choose(offered.includes(asked) ? asked : offered[0]);
    return;
  }
  for (const name of Object.keys(questions)) form(name).hidden = true;
  byId('path').textContent = '/v1/models/' + m.name + ':predict';
  byId('name').textContent = m.name;
  answer.replaceChildren(element('p', 'This model has a head of ' + m.head + ', which this page has no questions for.'));
}

function linked() {
  const link = new URLSearchParams(location.hash.slice(1));
  const question = link.get('ask');
  if (models.some(m => m.name === link.get('model'))) {
    byId('model').value = link.get('model');
    chooseModel();
  }
  if (!model().questions.includes(question) || !(question in questions)) return;
  for (const [key, id] of Object.entries(questions[question].fields)) byId(id).value = link.get(key) || '';
  choose(question);
  form(question).requestSubmit();
}

function link(question) {
  const link = new URLSearchParams({ask: question, model: model().name});
  for (const [key, id] of Object.entries(questions[question].fields)) {
    if (byId(id).value) link.set(key, byId(id).value);
  }
  history.replaceState(null, '', '#' + link);
}

async function ask(event) {
  event.preventDefault();
  const question = asked;
  const body = questions[question].body();
  link(question);
  const button = event.target.querySelector('button[type="submit"]');
  button.disabled = true;
  const begun = performance.now();
  try {
    const response = await fetch('v1/models/' + encodeURIComponent(model().name) + ':' + question, {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body),
    });
    const result = await response.json();
    if (question !== asked) return;
    answer.replaceChildren();
    if (!response.ok) throw new Error(result.error);
    questions[question].show(result, body);
    answer.append(element('p', Math.round(performance.now() - begun) + ' ms', 'took'));
  } catch (failure) {
    answer.replaceChildren(element('p', failure.message, 'bad'));
  } finally {
    button.disabled = false;
  }
}

for (const name of Object.keys(questions)) {
  form(name).addEventListener('submit', ask);
  form(name).addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && event.target.tagName === 'TEXTAREA') {
      event.preventDefault();
      form(name).requestSubmit();
    }
  });
}
byId('insert').addEventListener('click', () => {
  const text = byId('mask-text');
  text.setRangeText('[MASK]', text.selectionStart, text.selectionEnd, 'end');
  text.focus();
});
byId('model').addEventListener('change', chooseModel);

fetch('models').then(response => response.json()).then(result => {
  models = result.models;
  byId('model').replaceChildren(...models.map(m => element('option', m.name)));
  chooseModel();
  linked();
}).catch(failure => answer.replaceChildren(element('p', failure.message, 'bad')));
