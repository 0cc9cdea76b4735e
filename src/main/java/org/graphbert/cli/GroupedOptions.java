package org.graphbert.cli;

import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The options in a command's help. Those in groups come first, under their groups' headings: they are what the command is
 * about; --help and its like, which every command has, come last. Picocli has it the other way round.
 */
final class GroupedOptions implements IHelpSectionRenderer {

    /** Where in a help it stands. */
    static final String SECTION = UsageMessageSpec.SECTION_KEY_OPTION_LIST;

    @Override
    public String render(Help help) {
        if (help.commandSpec().argGroups().isEmpty()) {
            return help.optionList();
        }
        return help.optionListGroupSections() + String.format("%nGeneral:%n")
                + help.optionListExcludingGroups(help.commandSpec().options().stream()
                        .filter(option -> option.group() == null && !option.hidden()).toList());
    }
}
