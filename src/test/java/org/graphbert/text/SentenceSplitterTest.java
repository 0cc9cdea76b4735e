package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentenceSplitterTest {

    private final SentenceSplitter english = SentenceSplitter.english();

    /** A vertical bar stands where a sentence ends and the next begins. */
    @ParameterizedTest
    @ValueSource(strings = {
        "Dr. Smith went.|He left.",
        "U.S. Army units moved.|They won.",
        "He lives in the U.S.|She left.",
        "The U.N. Security Council met.|Yes.",
        "It ended in the US.|She knew it.|I saw IBM.|She too.",
        "It is 3.14 wide.|Yes.",
        "Use e.g. this one.|Done.",
        "See e.g. Smith.|Done.",
        "That is, i.e. Monday.|Then home.",
        "\"Come in.\"|She did.",
        "\"Come in,\" he said.|\"Sit.\"|She sat.",
        "\u201CGo!\u201D he cried.|\u201CNow?\u201D|She went.",
        "\u2018Why?\u2019 asked Ann.|\u2018Because.\u2019",
        "He asked why?!|Nobody knew.",
        "Wait...|I know.|Go.",
        "Wait... and see.|Go\u2026 then.",
        "He went up.|She stayed.|That is what it is.|Joe came.",
        "Install the app.|Then start it.",
        "Mr. and Mrs. Jones vs. Brown et al. 1999.",
        "St. Louis and Mt. Everest.|See Fig. 3 and No. 5.|OK.",
        "I said No.|She said no.|He left.",
        "Vol. 3 is out (pp. 5-7).|Prof. Dr. Lee came.",
        "He said so (see p. 5).|Then he left.",
        "At 5 p.m. Monday it rained.|It was over at 6 p.m.|Nobody minded.",
        "J. R. R. Tolkien wrote.|George W. Bush spoke.",
        "H. gammarus is a lobster.|It lives.",
        "It was not I.|He was.",
        "Acme Inc. and Foo Corp. Holdings sell.|So does Bar Ltd.|The rest waits.",
        "King Jr. spoke.|He is a Ph.D.|She is too.",
        "Visit www.example.com.|It works.",
        "Visit www.Example.Com or U.S.Steel now.|Yes.",
        "Jan. 5 was cold.|In Feb. it snowed.",
        "Gen. Lee, Sen. Fox, Rep. Poe, Gov. Roe, Capt. Ahab, Lt. Dan, Col. Sanders, Sgt. Pepper, Rev. King.",
        "1. First item.|2. Second.",
        "No end here",
    })
    void hardCases(String marked) {
        List<String> expected = List.of(marked.split("\\|"));
        assertEquals(expected, english.split(marked.replace('|', ' ')));
    }

    @Test
    void sentencesAreTrimmedAndNeverEmpty() {
        assertEquals(List.of("One.", "Two."), english.split(" \t One.\u00A0  Two. \n "));
        assertEquals(List.of(), english.split(""));
        assertEquals(List.of(), english.split(" \u2003\t"));
    }

    @Test
    void otherLanguagesHaveTheirOwnRules() {
        assertEquals(List.of("\u4F60\u597D\u3002", "\u518D\u89C1\u3002"),
                SentenceSplitter.forLanguage("zh").split("\u4F60\u597D\u3002\u518D\u89C1\u3002"));
        assertEquals(List.of("Das ist z.B. Brot.", "Gut."), SentenceSplitter.forLanguage("de").split("Das ist z.B. Brot. Gut."));
        assertEquals(List.of("Yes.", "No."), SentenceSplitter.forLanguage("xx").split("Yes. No."));
    }

    @Test
    void oneSplitterServesManyThreads() {
        String text = "Dr. Smith went. He left. U.S. Army units moved.";
        List<String> expected = english.split(text);
        IntStream.range(0, 2000)
                .parallel()
                .forEach(i -> assertEquals(expected, english.split(text)));
    }
}
