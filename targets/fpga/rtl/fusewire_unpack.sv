// From beats of a bus to values of another size: values lie one behind the other, the first at the first byte.
// `start` begins a batch of `rows` values; what is behind the last of them in its beat is dropped.
module fusewire_unpack #(
    parameter BUS = 64,
    parameter VALUE = 4
) (
    input  wire aclk,
    input  wire aresetn,
    input  wire start,
    input  wire [31:0] rows,
    output wire busy,
    input  wire [8*BUS-1:0] s_tdata,
    input  wire s_tvalid,
    output wire s_tready,
    output wire [8*VALUE-1:0] m_tdata,
    output wire m_tvalid,
    input  wire m_tready,
    output wire m_tlast
);
    localparam HOLD = BUS + VALUE;
    localparam W = $clog2(HOLD + 1);
    // Bytes that every place is a multiple of.
    localparam GRAIN = (VALUE & -VALUE) < BUS ? (VALUE & -VALUE) : BUS;
    localparam [W-1:0] BUS_W = BUS[W-1:0];
    localparam [W-1:0] VALUE_W = VALUE[W-1:0];
    localparam [W-1:0] PLACES = ~(GRAIN[W-1:0] - 1'b1);

    // `count` bytes that were not handed on; those above them are zero.
    reg [8*HOLD-1:0] hold;
    reg [W-1:0] count;
    reg [31:0] left;

    assign busy = left != 32'd0;
    assign m_tdata = hold[8*VALUE-1:0];
    assign m_tvalid = busy && count >= VALUE_W;
    assign m_tlast = left == 32'd1;
    wire take = m_tvalid & m_tready;
    wire [W-1:0] rest = take ? count - VALUE_W : count;
    assign s_tready = busy && !(take & m_tlast) && rest <= VALUE_W;
    wire put = s_tvalid & s_tready;
    wire [8*HOLD-1:0] lowered = take ? {{8*VALUE{1'b0}}, hold[8*HOLD-1:8*VALUE]} : hold;
    wire [W+2:0] place = {rest & PLACES, 3'b000};
    wire [8*HOLD-1:0] raised = {{8*VALUE{1'b0}}, s_tdata} << place;

    always_ff @(posedge aclk) begin
        if (!aresetn || start) begin
            hold <= {8*HOLD{1'b0}};
            count <= {W{1'b0}};
            left <= aresetn ? rows : 32'd0;
        end else begin
            hold <= put ? lowered | raised : lowered;
            count <= put ? rest + BUS_W : rest;
            if (take) left <= left - 32'd1;
        end
    end
endmodule
