import java.io.FileInputStream;
import java.util.List;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.VeraPDFFoundry;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Validates each file against PDF/A-3a and PDF/UA-1: one line for each rule that is broken, exit code 1 if any is. */
class Validate {
    static final List<PDFAFlavour> FLAVOURS = List.of(PDFAFlavour.PDFA_3_A, PDFAFlavour.PDFUA_1);

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean passed = true;
        for (String file : files) {
            for (PDFAFlavour flavour : FLAVOURS) {
                passed &= passes(file, flavour);
            }
        }
        System.exit(passed ? 0 : 1);
    }

    static boolean passes(String file, PDFAFlavour flavour) throws Exception {
        VeraPDFFoundry foundry = Foundries.defaultInstance();
        try (PDFAParser parser = foundry.createParser(new FileInputStream(file), flavour);
                PDFAValidator validator = foundry.createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println(file + " " + flavour + " " + (result.isCompliant() ? "passed" : "FAILED"));
            for (TestAssertion assertion : result.getTestAssertions()) {
                System.out.println("  " + assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber()
                        + " " + assertion.getMessage() + " at " + assertion.getLocation().getContext());
            }
            return result.isCompliant();
        }
    }
}
