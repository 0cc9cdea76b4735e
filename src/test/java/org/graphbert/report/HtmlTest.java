package org.graphbert.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.graphbert.config.Json;
import org.junit.jupiter.api.Test;

class HtmlTest {

    @Property(tries = 500)
    void nothingOfATextIsMarkup(@ForAll String text) {
        String escaped = Html.escape(text);
        assertTrue(escaped.chars().noneMatch(c -> "<>\"'".indexOf(c) >= 0), escaped);
        assertTrue(escaped.replaceAll("&(amp|lt|gt|quot|#39);", "").indexOf('&') < 0, escaped);
        String back = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'")
                .replace("&amp;", "&");
        assertEquals(text.codePointCount(0, text.length()), back.codePointCount(0, back.length()));
    }

    @Test
    void whatNoDocumentMayHoldIsReplaced() {
        assertEquals("a\uFFFDb\uFFFD\uFFFDc\tx", Html.escape("a\u0000b\u001B\uD800c\tx"));
    }

    @Test
    void elementsAreClosed() {
        assertEquals("<p class=\"note\">1 &lt; 2</p>\n", new Markup().element("p", "note", "1 < 2").toString());
        assertThrows(IllegalStateException.class, () -> new Markup().open("p", "").toString());
    }

    @Test
    void departuresAreThoseOfTheRecipe() {
        var run = Json.MAPPER.createObjectNode();
        assertEquals(Optional.empty(), ReferenceRecipe.insteadOf("weight_decay", run.numberNode(0.01)));
        assertEquals(Optional.empty(), ReferenceRecipe.insteadOf("steps", run.numberNode(1_000_000)));
        assertEquals(Optional.of("256"), ReferenceRecipe.insteadOf("batch_size", run.numberNode(32)));
        assertEquals(Optional.of("1e-4"), ReferenceRecipe.insteadOf("learning_rate", run.numberNode(5e-4)));
        assertEquals(Optional.of("0.1"), ReferenceRecipe.insteadOf("dropout", run.numberNode(0.0)));
        assertEquals(Optional.empty(), ReferenceRecipe.insteadOf("dropout", run.nullNode()), "the model's");
        assertEquals(Optional.empty(), ReferenceRecipe.insteadOf("log_every", run.numberNode(7)), "decides nothing");
        assertEquals(Optional.empty(), ReferenceRecipe.insteadOfModel("hidden_size", run.numberNode(96)), "a size");
        assertEquals(Optional.of("not there"), ReferenceRecipe.insteadOfModel("pair_head", run.booleanNode(false)));
    }
}
